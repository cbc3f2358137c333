/** A name by which its owner knows this installation again: `Chromium on Linux`. */
export function thisDevice(): { readonly deviceName: string; readonly platform: 'web' | 'android' | 'ios' } {
  const { userAgent } = navigator;
  const first = (names: readonly (readonly [RegExp, string])[]): string | undefined =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  // Each names itself after those that it wants to be taken for.
  const browser = first([
    [/Edg/, 'Edge'],
    [/OPR/, 'Opera'],
    [/Firefox|FxiOS/, 'Firefox'],
    [/Chrome|CriOS/, 'Chrome'],
    [/Safari/, 'Safari'],
  ]);
  const system = first([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux|CrOS/, 'Linux'],
  ]);
  const platform = system === 'Android' ? 'android' : system === 'iOS' ? 'ios' : 'web';
  return { deviceName: [browser ?? 'Browser', system].filter(Boolean).join(' · '), platform };
}
