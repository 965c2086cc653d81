// The page below stays where it is, unless the picture seen last is out of sight.
export function focusInPlace(tile) {
  const { top, bottom } = tile?.getBoundingClientRect() ?? {};
  tile?.focus({ preventScroll: bottom > 0 && top < innerHeight });
}

// The browser puts the focus back to the top after going back, unless it has moved meanwhile.
export function keepFocus() {
  const focused = document.activeElement;
  focused.blur();
  focused.focus({ preventScroll: true });
}
