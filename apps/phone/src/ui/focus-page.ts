/** What had the focus was deleted: it goes to the heading of the page, not to nowhere. */
export function focusPage(): void {
  // Drawn first.
  setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus();
  });
}
