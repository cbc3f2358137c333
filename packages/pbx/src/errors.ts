/** Each code with its meaning; docs/system-data.md has the same table. */
export const ERROR_MEANINGS = {
  syntax: 'The text is neither YAML nor JSON.',
  tooLarge: 'The text is longer than `MAX_TEXT_LENGTH` characters.',
  keyDuplicate: 'A field stands twice in the same place.',
  versionMissing: 'The format version is missing.',
  versionUnknown: 'The format version is not one this program reads.',
  fieldUnknown: 'There is no field of this name here.',
  fieldMissing: 'A field that must be there is not.',
  fieldType: 'A field holds the wrong kind of value (text, whole number, list, …).',
  fieldFormat: 'A text is not written as the field asks.',
  fieldRange: 'A number, text or list is too small, too large, too short or too long.',
  fieldChoice: 'A text is not one of the words the field allows.',
  fieldCombination: 'Fields stand together that exclude each other, or one is there without its companion.',
  entryUnknown: 'A change names an entry that does not exist.',
  idDuplicate: 'Two entries of one list have the same id.',
  numberDuplicate: 'An internal number is given twice, among stations, UFIP devices and applications.',
  numberOutsideRanges: 'A number lies in none of the internal ranges.',
  numberReserved: 'A number lies in a reserved range.',
  numberIsEmergency: 'A number is an emergency number.',
  numberIsFeatureCode: 'A number is a feature code.',
  numberHasPrefix: 'A number or range begins with the outside-line prefix, or is itself a prefix.',
  rangeInvalid: 'A range ends before it begins, or its ends differ in length.',
  featureCodeDuplicate: 'Two features have the same code.',
  featureCodeIsEmergency: 'A feature code is an emergency number.',
  emailDuplicate: 'Two users have the same e-mail address (case does not matter).',
  usernameDuplicate: 'Two SIP accounts have the same username.',
  outsideNumberDuplicate: 'An outside number leads to two places.',
  stationUnknown: 'A station is named that does not exist.',
  userUnknown: 'A user is named that does not exist.',
  gatewayUnknown: 'A gateway is named that does not exist.',
  clusterUnknown: 'A cluster is named that does not exist.',
  classOfServiceUnknown: 'A class of service is named that does not exist.',
  trunkGroupUnknown: 'A trunk group is named that does not exist.',
  stationShared: 'Two users have the same desk station.',
  ufipDeviceSecond: 'A user has two UFIP devices.',
  ufipDeviceWithoutDeskStation: 'The user of a UFIP device has no desk station.',
  ufipDeviceStationSignedOff: 'The desk station of a UFIP device is signed off.',
  flexLicencesOverrun: 'More stations than Flex licences.',
  unifyPhoneLicencesOverrun: 'More UFIP devices than Unify Phone licences.',
  flexLicencesTooMany: 'More Flex licences than a system takes.',
  gatewayCapacityOverrun: 'More devices on a gateway than its capacity profile allows.',
  clusterCapacityOverrun: 'More devices on a cluster than its gateways have room for.',
  systemCapacityOverrun: 'More devices than all gateways together have room for.',
  mailboxMissing: 'A setting sends calls to voicemail, and the user has no mailbox.',
  alternativeNumberMissing: 'A setting sends calls to the alternative number, and none is set.',
  alternativeNumberInvalid: 'A target of deflected calls is no number that calls can be sent to.',
  alternativeNumberUnknown: 'A target of deflected calls does not exist.',
  alternativeNumberIsOwn: 'A target of deflected calls is the number of the user’s own desk station.',
  alternativeNumberIsAuxiliary: 'A target of deflected calls is the auxiliary number of a UFIP device.',
  alternativeNumberNotAllowed: 'The class of service of the user’s station does not allow the alternative number.',
  ringOrderTooLate: 'The second devices would start to ring only when the ring time is over.',
  inboundTargetUnknown: 'An inbound rule leads to an internal number that does not exist.',
  inboundTargetIsAuxiliary: 'An inbound rule leads to the auxiliary number of a UFIP device.',
  mainNumberMissing: 'A trunk group shows its main number, and has none.',
  routePatternDuplicate: 'Two routes have the same pattern.',
} as const;

/** The codes are stable; messages and hints may change. */
export type ErrorCode = keyof typeof ERROR_MEANINGS;

/** One thing wrong with system data or a change: never thrown, always a value. */
export interface SystemError {
  readonly code: ErrorCode;
  /** Field: `stations[3].number`; empty for the whole. */
  readonly path: string;
  /** 1-based; present when the data came as text. */
  readonly line?: number;
  /** 1-based; present when the data came as text. */
  readonly column?: number;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly hint: string;
}

/** Where in the data: field names and list positions. */
export type DataPath = readonly (string | number)[];

/** A `SystemError` before its place in the text is known. */
export interface Finding {
  readonly code: ErrorCode;
  readonly path: DataPath;
  readonly message: string;
  readonly hint: string;
}

/** `['stations', 3, 'number']` as `stations[3].number`. */
export function pathText(path: DataPath): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${part}`;
  return text;
}

/** The finding without a place in a text. */
export function toError({ code, path, message, hint }: Finding): SystemError {
  return { code, path: pathText(path), message, hint };
}

/** One line for people: `line 12, column 5, stations[3].number: … (hint) [code]`. */
export function errorText(error: SystemError): string {
  const place = error.line === undefined ? '' : `line ${error.line}, column ${error.column ?? 1}, `;
  const where = error.path === '' ? place : `${place}${error.path}, `;
  return `${where.slice(0, -2)}${where === '' ? '' : ': '}${error.message} ${error.hint} [${error.code}]`;
}
