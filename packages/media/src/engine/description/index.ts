export * from './formats.ts';
export { type DescriptionLeg, newLeg, type ToldLeg } from './leg.ts';
export * from './read.ts';
export * from './rewrite.ts';
export { answerSetup, SDES_KEY_OCTETS } from './security.ts';
