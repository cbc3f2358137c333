export { deflect, MAX_DEFLECTIONS } from './deflect.ts';
export { explainPlan, explainStation } from './explain.ts';
export { identify, stationOf } from './identity.ts';
export { originate } from './originate.ts';
export type * from './origination.ts';
export type { CallOrdinal } from './phrases.ts';
export type * from './plan.ts';
export { REFUSALS, refuse } from './refusals.ts';
export { MAX_CALLS_PER_USER, terminate } from './terminate.ts';
