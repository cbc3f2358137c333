export * from './dial-string.ts';
export * from './feature-codes.ts';
export * from './normalise.ts';
export * from './outside-number.ts';
export * from './written-number.ts';
