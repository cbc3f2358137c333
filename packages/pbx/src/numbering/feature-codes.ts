import type { Feature, FeatureCodes } from '../model/index.ts';

/** Codes in the manner of ETSI: `*code*argument#` sets, `#code#` takes back. */
export const DEFAULT_FEATURE_CODES: FeatureCodes = {
  defaultRouting: '#21',
  deskPhoneOnly: '*22',
  clientsOnly: '*23',
  alternativeNumber: '*21',
  voicemail: '*24',
  busyDefault: '#67',
  busySignal: '*66',
  busyAlternativeNumber: '*67',
  busyVoicemail: '*68',
  noAnswerOff: '#61',
  noAnswerAlternativeNumber: '*61',
  noAnswerVoicemail: '*62',
  signOn: '#91',
  signOff: '*91',
  echo: '*43',
  mailbox: '*86',
};

/** All features, in the order of the table above. */
export const FEATURES = Object.keys(DEFAULT_FEATURE_CODES) as readonly Feature[];

const TAKES_ARGUMENT: ReadonlySet<Feature> = new Set([
  'alternativeNumber',
  'busyAlternativeNumber',
  'noAnswerAlternativeNumber',
]);

/** A dialled feature code: `*21*4711#` has the argument `4711`, `*21#` none. */
export interface DialledFeature {
  readonly feature: Feature;
  readonly argument?: string;
}

/** The feature of a dialled code, with or without the closing `#`; undefined: it is none. */
export function readFeatureCode(dialled: string, codes: FeatureCodes): DialledFeature | undefined {
  const body = dialled.endsWith('#') ? dialled.slice(0, -1) : dialled;
  for (const feature of FEATURES) {
    const code = codes[feature];
    if (code === '' || !body.startsWith(code)) continue;
    const rest = body.slice(code.length);
    if (rest === '') return { feature };
    if (rest.startsWith('*') && rest.length > 1 && TAKES_ARGUMENT.has(feature)) {
      return { feature, argument: rest.slice(1) };
    }
  }
  return undefined;
}
