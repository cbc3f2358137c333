import { type DOMAttributes, useRef } from 'react';

const LONG_MS = 550;

type Press = Pick<
  DOMAttributes<HTMLButtonElement>,
  'onPointerDown' | 'onPointerUp' | 'onPointerLeave' | 'onContextMenu' | 'onClick'
>;

/** A button that does one thing when it is pressed, and another when it is held down; that one once, and then not the first. */
export function useLongPress(onShort: () => void, onLong: (() => void) | undefined): Press {
  // Kept over drawings: what is done while the button is held draws it anew.
  const press = useRef<{ timer?: ReturnType<typeof setTimeout>; isLong: boolean }>({ isLong: false });
  const stop = (): void => clearTimeout(press.current.timer);
  return {
    onPointerDown: () => {
      stop();
      press.current = { isLong: false };
      if (onLong === undefined) return;
      press.current.timer = setTimeout(() => {
        press.current.isLong = true;
        onLong();
      }, LONG_MS);
    },
    onPointerUp: stop,
    onPointerLeave: stop,
    // Where holding down opens a menu.
    onContextMenu: (event) => event.preventDefault(),
    onClick: ({ detail }) => {
      // `detail` is 0 for keys, which are not held down.
      if (!press.current.isLong || detail === 0) onShort();
    },
  };
}
