import { applyChange } from '../change/apply-change.ts';
import type { Change, UserSettingsPatch } from '../change/change.ts';
import type { Feature, Station } from '../model/index.ts';
import type { DialledFeature } from '../numbering/index.ts';
import type { System } from '../system.ts';
import { mayDial } from './class-of-service.ts';
import type { CallerIdentity, Origination } from './origination.ts';
import { refuse } from './refusals.ts';

type SettingsFeature = Exclude<Feature, 'signOn' | 'signOff' | MachineFeature>;
/** Codes that call a machine. */
type MachineFeature = 'echo' | 'mailbox';

const PATCHES: Readonly<Record<SettingsFeature, UserSettingsPatch>> = {
  defaultRouting: { routing: 'default' },
  deskPhoneOnly: { routing: 'deskPhoneOnly' },
  clientsOnly: { routing: 'clientsOnly' },
  alternativeNumber: { routing: 'alternativeNumber' },
  voicemail: { routing: 'voicemail' },
  busyDefault: { busy: 'default' },
  busySignal: { busy: 'busySignal' },
  busyAlternativeNumber: { busy: 'alternativeNumber' },
  busyVoicemail: { busy: 'voicemail' },
  noAnswerOff: { noAnswer: 'none' },
  noAnswerAlternativeNumber: { noAnswer: 'alternativeNumber' },
  noAnswerVoicemail: { noAnswer: 'voicemail' },
};

/** What a feature code does for the station it is dialled with; refused already here when the change would be. */
export function dialledFeature(
  system: System,
  from: { readonly station: Station; readonly caller: CallerIdentity },
  { feature, argument }: DialledFeature,
): Origination {
  const { station, caller } = from;
  if (!mayDial(system, station, 'featureCodes')) return refuse('notAllowed');
  if (isMachine(feature)) return toMachine(system, caller, feature);
  const change = changeOf(system, station, feature, argument);
  if (change === undefined) return refuse('noUser');
  const result = applyChange(system, change);
  if (result.ok) return { kind: 'feature', caller, change };
  return refuse('featureRefused', result.errors[0]?.message);
}

function changeOf(system: System, station: Station, feature: Feature, argument?: string): Change | undefined {
  if (feature === 'signOn') return { kind: 'stationState', station: station.id, state: 'inService' };
  if (feature === 'signOff') return { kind: 'stationState', station: station.id, state: 'signedOff' };
  const user = system.userOfStation.get(station.id);
  if (user === undefined || isMachine(feature)) return undefined;
  const settings = PATCHES[feature];
  return {
    kind: 'userSettings',
    user,
    settings: argument === undefined ? settings : { ...settings, alternativeNumber: argument },
  };
}

function isMachine(feature: Feature): feature is MachineFeature {
  return feature === 'echo' || feature === 'mailbox';
}

function toMachine(system: System, caller: CallerIdentity, kind: MachineFeature): Origination {
  const application = system.data.applications.find((one) => one.kind === kind);
  return application ? { kind: 'application', caller, application, postDial: [] } : refuse('unknownNumber');
}
