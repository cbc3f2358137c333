import { type RefObject, useLayoutEffect, useState } from 'react';

/** Whether more is in an element than its height shows. */
export function useIsScrolled(of: RefObject<HTMLElement | null>): boolean {
  const [isScrolled, setScrolled] = useState(false);
  // Looked at after each drawing: what is in it changes without a change of its size.
  useLayoutEffect(() => {
    const { current } = of;
    if (current !== null) setScrolled(current.scrollHeight > current.clientHeight + 1);
  });
  return isScrolled;
}
