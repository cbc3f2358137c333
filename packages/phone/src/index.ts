export { type BrowserPortsOptions, type BrowserWindow, browserPorts } from './browser-ports.ts';
export type * from './contract-types.ts';
export { createPhone, type PhoneOptions } from './create-phone.ts';
export { matchesKeys } from './numbers/letters.ts';
export * from './outcome.ts';
export type * from './phone.ts';
export type * from './ports.ts';
export type * from './state.ts';
export { createFakePhone, type FakePhone } from './testing/fake-phone.ts';
