/** The interface languages the system speaks. */
export type Language = 'en' | 'de';

/** The company the system belongs to. */
export interface Company {
  readonly name: string;
  /** SIP domain of all addresses of record, a host name: `example.com`. */
  readonly domain: string;
  /** Digest realm (RFC 7616); absent: the domain. */
  readonly realm?: string;
  /** IANA name: `Europe/Berlin`. */
  readonly timeZone: string;
  readonly language: Language;
}

/** A closed range of numbers of one length, both ends included: `4000`–`4999`. */
export interface NumberRange {
  readonly from: string;
  readonly to: string;
}

/** Every action that can be dialled at a phone; the codes are `Numbering.featureCodes`. */
export type Feature =
  | 'defaultRouting'
  | 'deskPhoneOnly'
  | 'clientsOnly'
  | 'alternativeNumber'
  | 'voicemail'
  | 'busyDefault'
  | 'busySignal'
  | 'busyAlternativeNumber'
  | 'busyVoicemail'
  | 'noAnswerOff'
  | 'noAnswerAlternativeNumber'
  | 'noAnswerVoicemail'
  | 'signOn'
  | 'signOff'
  | 'echo'
  | 'mailbox';

/** The code of each feature without the closing `#`; empty: the feature cannot be dialled. */
export type FeatureCodes = Readonly<Record<Feature, string>>;

/** The numbering plan. All numbers are digits as text. */
export interface Numbering {
  /** Country code without plus: `49`. */
  readonly countryCode: string;
  /** Area code without national prefix: `89`; absent where the country has none. */
  readonly areaCode?: string;
  /** Dialled before a number of the own country: `0`; empty where there is none. */
  readonly nationalPrefix: string;
  /** Dialled before the country code of a foreign number: `00`. */
  readonly internationalPrefix: string;
  /** Dialled for an outside line: `0` or `9`; empty: outside numbers are dialled as they are. */
  readonly outsideLinePrefix: string;
  /** Always allowed, from any device, with and without the outside-line prefix. */
  readonly emergencyNumbers: readonly string[];
  /** Numbers of stations, UFIP devices and applications lie in one of these. */
  readonly internalRanges: readonly NumberRange[];
  /** Parts of the internal ranges that may not be given to anything. */
  readonly reservedRanges: readonly NumberRange[];
  /** Beginnings of premium-rate numbers: `+49900`, or digits for numbers without E.164 form. */
  readonly premiumPrefixes: readonly string[];
  /** Beginnings of service numbers: `+49800`, or digits for numbers without E.164 form (`116117`, `118`). */
  readonly servicePrefixes: readonly string[];
  readonly featureCodes: FeatureCodes;
}

/** SIP OPTIONS from the gateway to each UFIP contact. */
export interface KeepAlive {
  /** 0 (off) or 30–3600. */
  readonly intervalSec: number;
  /** Unanswered attempts after which the contact is dropped, 1–5. */
  readonly attempts: number;
}

/** What applies where a user has set nothing of their own. */
export interface CallDefaults {
  readonly ringSec: number;
  readonly ufipKeepAlive: KeepAlive;
}

/** What the company has bought. What is used is computed: `licenceUse`. */
export interface Licences {
  /** One for each station, with or without a phone; at most `MAX_FLEX_LICENCES`. */
  readonly flex: number;
  /** One for each UFIP device. */
  readonly unifyPhone: number;
}
