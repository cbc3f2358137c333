export * from './company.ts';
export * from './defaults.ts';
export * from './devices.ts';
export * from './people.ts';
export * from './system-data.ts';
export * from './trunks.ts';
export * from './user-call.ts';
