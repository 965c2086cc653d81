// Says so when the server stays silent for three polls, and takes it back when it answers.

export const selector = "#offline";

const PATIENCE = 3;

export function connect(banner) {
  let failures = 0;
  document.addEventListener("easel:unreached", () => {
    failures += 1;
    banner.hidden = failures < PATIENCE;
  });
  document.addEventListener("easel:reached", () => {
    failures = 0;
    banner.hidden = true;
  });
}
