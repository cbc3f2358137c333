export { deflect, MAX_DEFLECTIONS } from './deflect.ts';
export { identify, stationOf } from './identity.ts';
export { originate } from './originate.ts';
export type * from './origination.ts';
export type * from './plan.ts';
export { REFUSALS, refuse } from './refusals.ts';
export { MAX_CALLS_PER_USER, terminate } from './terminate.ts';
