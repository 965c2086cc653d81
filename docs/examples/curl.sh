#!/bin/sh
# Makes a picture, uploads one, embeds it and lists what there is, with curl and nothing else.
#
#   EASEL=http://127.0.0.1:8000 EASEL_TOKEN=easel_… sh curl.sh picture.png
set -eu

easel=${EASEL:-http://127.0.0.1:8000}

# The token goes by standard input: what stands in a command line can be seen by everybody.
api() {
  answer=$(printf 'Authorization: Bearer %s\n' "$EASEL_TOKEN" |
    curl --silent --show-error --fail-with-body --header @- "$@") || {
    printf '%s\n' "$answer" >&2
    return 1
  }
  printf '%s\n' "$answer"
}

# The first text of a name in a JSON answer.
text() {
  printf '%s\n' "$2" | grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | sed 's/.*"\([^"]*\)"$/\1/'
}

echo 'Making a picture'
made=$(api "$easel/api/generations" --json '{"prompt": "a lake at dawn"}')
generation=$(text id "$made")
status=$(text status "$made")
while [ "$status" = queued ] || [ "$status" = running ]; do
  sleep 1
  made=$(api "$easel/api/generations/$generation")
  status=$(text status "$made")
done
echo "It is $status."

echo 'Uploading a picture'
uploaded=$(api "$easel/api/images" --form "image=@$1" --form visibility=unlisted)

echo 'What to paste into a page:'
echo "<img src=\"$(text w640 "$uploaded")\" alt=\"\">"

echo 'The newest pictures:'
newest=$(api "$easel/api/images?limit=5")
printf '%s\n' "$newest" | grep -o '"image": *"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/'
