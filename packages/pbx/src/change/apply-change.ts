import { checkCompiled } from '../check/check-system.ts';
import { stationSignedOff } from '../check/ufip-devices.ts';
import { compileSystem } from '../compile.ts';
import { type Finding, type SystemError, toError } from '../errors.ts';
import type { StationState, SystemData } from '../model/index.ts';
import type { System } from '../system.ts';
import type { Change, UserSettingsPatch } from './change.ts';
import { type EditChange, editData, entryUnknown } from './edit-data.ts';
import { changeSettings } from './user-settings.ts';

/** A new system with the changes in force, or every reason why not. */
export type ChangeResult =
  | { readonly ok: true; readonly system: System }
  | { readonly ok: false; readonly errors: readonly SystemError[] };

/** Applies one change; the system handed in stays as it is. */
export function applyChange(system: System, change: Change): ChangeResult {
  return applyChanges(system, [change]);
}

/** Applies all changes or none. Rules between entries are asked once, after the last, so the order is free. */
export function applyChanges(system: System, changes: readonly Change[]): ChangeResult {
  let draft: Draft = { system, isChecked: true };
  for (const change of changes) {
    const step = applyOne(draft, change);
    if (!step.ok) return refused(step.findings);
    draft = step.draft;
  }
  const result = compiled(draft);
  const findings = draft.isChecked ? [] : checkCompiled(result);
  return findings.length === 0 ? { ok: true, system: result } : refused(findings);
}

function refused(findings: readonly Finding[]): ChangeResult {
  return { ok: false, errors: findings.map(toError) };
}

/** A system in the making. Edited data is compiled when somebody needs it. */
type Draft =
  | { readonly system: System; readonly data?: undefined; readonly isChecked: boolean }
  | { readonly data: SystemData; readonly isChecked: false };

function compiled(draft: Draft): System {
  return draft.data === undefined ? draft.system : compileSystem(draft.data);
}

type Step =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function applyOne(draft: Draft, change: Change): Step {
  if (change.kind === 'stationState') return setStationState(draft, change.station, change.state);
  if (change.kind === 'userSettings') return setUserSettings(draft, change.user, change.settings);
  return edit(draft, change);
}

function edit(draft: Draft, change: EditChange): Step {
  const edited = editData(draft.data ?? draft.system.data, change);
  return edited.ok ? { ok: true, draft: { data: edited.data, isChecked: false } } : edited;
}

/** Only what hangs on the state is asked again, so that this stays cheap in a large system. */
function setStationState(draft: Draft, id: string, state: StationState): Step {
  const system = compiled(draft);
  const station = system.stations.get(id);
  if (station === undefined) return { ok: false, findings: [entryUnknown('stations', id)] };
  const index = system.data.stations.indexOf(station);
  const user = system.userOfStation.get(id);
  if (state === 'signedOff' && user !== undefined && system.ufipDeviceOfUser.has(user)) {
    return { ok: false, findings: [stationSignedOff(user, station.number, ['stations', index, 'state'])] };
  }
  const changed = { ...station, state };
  const stations = new Map(system.stations).set(id, changed);
  const data = { ...system.data, stations: system.data.stations.with(index, changed) };
  return { ok: true, draft: { system: { ...system, data, stations }, isChecked: draft.isChecked } };
}

function setUserSettings(draft: Draft, id: string, patch: UserSettingsPatch): Step {
  const system = compiled(draft);
  const user = system.users.get(id);
  if (user === undefined) return { ok: false, findings: [entryUnknown('users', id)] };
  const index = system.data.users.indexOf(user);
  const result = changeSettings(system, user, patch);
  if (!result.ok) {
    const path = ['users', index, 'settings'];
    return { ok: false, findings: result.findings.map((one) => ({ ...one, path: [...path, ...one.path] })) };
  }
  const changed = { ...user, settings: result.settings };
  const users = new Map(system.users).set(id, changed);
  const data = { ...system.data, users: system.data.users.with(index, changed) };
  return { ok: true, draft: { system: { ...system, data, users }, isChecked: draft.isChecked } };
}
