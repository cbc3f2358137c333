import type { Refusal, RefusalCode } from './plan.ts';

/** Status and text of every refusal. An auxiliary number is an `unknownNumber`: nobody can tell the two apart. */
export const REFUSALS: Readonly<Record<RefusalCode, { readonly status: number; readonly text: string }>> = {
  unknownNumber: { status: 404, text: 'Unknown number' },
  incompleteNumber: { status: 484, text: 'Number is incomplete' },
  notAllowed: { status: 403, text: 'Not allowed by the class of service' },
  callerUnknown: { status: 403, text: 'Caller is not configured' },
  callerSignedOff: { status: 403, text: 'Calling station is signed off' },
  callerOutOfService: { status: 403, text: 'Calling station is out of service' },
  ownNumber: { status: 486, text: 'Own number called' },
  noRoute: { status: 404, text: 'No route to this number' },
  noUser: { status: 403, text: 'Station has no user whose settings could change' },
  featureRefused: { status: 403, text: 'Feature refused' },
  stationSignedOff: { status: 480, text: 'Station is signed off' },
  busy: { status: 486, text: 'User busy' },
  noAnswer: { status: 480, text: 'No answer' },
  unreachable: { status: 480, text: 'No device reachable' },
  declined: { status: 603, text: 'Declined' },
  deflectionLoop: { status: 482, text: 'Call is deflected in a circle' },
  tooManyDeflections: { status: 483, text: 'Call is deflected too often' },
};

/** The refusal of this code, with its own text where there is more to say. */
export function refuse(code: RefusalCode, text: string = REFUSALS[code].text): Refusal {
  return { kind: 'refuse', status: REFUSALS[code].status, code, text };
}
