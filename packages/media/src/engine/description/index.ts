export * from './formats.ts';
export { type DescriptionLeg, newLeg } from './leg.ts';
export * from './read.ts';
export * from './rewrite.ts';
export { answerSetup, SDES_KEY_OCTETS } from './security.ts';
