/**
 * What the phone system says of how a call went, each by a code of its own: screens have words for it in every language. The texts
 * are those of SIP reason phrases, Reason header fields and the details of histories.
 */
const SAID = {
  'Unknown number': 'unknownNumber',
  'Number is incomplete': 'incompleteNumber',
  'Not allowed by the class of service': 'notAllowed',
  'Caller is not configured': 'callerUnknown',
  'Calling station is signed off': 'callerSignedOff',
  'Calling station is out of service': 'callerOutOfService',
  'Own number called': 'ownNumber',
  'No route to this number': 'noRoute',
  'No trunk can carry the call': 'noTrunk',
  'Trunk refused the call': 'trunkRefused',
  'All Channels Busy': 'noChannel',
  'Station has no user whose settings could change': 'noUser',
  'Feature refused': 'featureRefused',
  'Station is signed off': 'stationSignedOff',
  'User busy': 'busy',
  'No answer': 'noAnswer',
  'No device reachable': 'unreachable',
  Declined: 'declined',
  'Call is deflected in a circle': 'deflectionLoop',
  'Call is deflected too often': 'tooManyDeflections',
  'The caller hung up': 'callerHungUp',
  'The callee hung up': 'calleeHungUp',
  'The caller hung up before an answer': 'callerGaveUp',
  'The machine ended the call': 'machineEnded',
  'The caller was sent to voicemail': 'sentToVoicemail',
  'The mailbox is full': 'mailboxFull',
  'No mailbox takes the call': 'noMailbox',
  'No mailboxes here': 'noMailbox',
  'Transferred to another call': 'transferred',
  'The call became part of a conference': 'becameConference',
} as const;

export type Said = (typeof SAID)[keyof typeof SAID];

/** The code of what the phone system says; undefined where it repeats somebody else's words. */
export function saidOf(text: string | undefined): Said | undefined {
  return text !== undefined && Object.hasOwn(SAID, text) ? SAID[text as keyof typeof SAID] : undefined;
}
