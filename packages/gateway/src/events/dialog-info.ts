import { encodeUtf8, escapeUser } from '@unisono/sip';
import type { DeviceDialog } from '../call/device-dialog.ts';
import { MICROPHONE_PACKAGE } from '../call/microphone.ts';
import { xmlText as text } from './xml-text.ts';

/** Whose dialogs a document is about. */
export interface WatchedStation {
  readonly number: string;
  readonly name: string;
  readonly domain: string;
}

/** One `dialog` element, by its id, without its state `terminated`. */
export interface PrintedDialog {
  readonly id: string;
  /** Without the duration: two are equal when nothing has happened but time. */
  readonly xml: string;
  /** Since when it has been confirmed, for who may know. */
  readonly confirmedAtMs: number | undefined;
}

/** The element with how long the dialog has lasted (RFC 4235 §4.1.3). */
export function withDuration({ xml, confirmedAtMs }: PrintedDialog, nowMs: number): string {
  if (confirmedAtMs === undefined) return xml;
  const durationSec = Math.max(0, Math.round((nowMs - confirmedAtMs) / 1_000));
  return xml.replace('</state>', `</state><duration>${durationSec}</duration>`);
}

/** A `dialog-info` document (RFC 4235 §4.1). */
export function printDialogInfo(
  station: WatchedStation,
  version: number,
  state: 'full' | 'partial',
  dialogs: readonly string[],
): string {
  const entity = uriOf(station.number, station.domain);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${state}" entity="${text(entity)}">`,
    ...dialogs,
    '</dialog-info>',
    '',
  ].join('\n');
}

/** A dialog as the devices of its own user see it: enough to take it over (RFC 3891). */
export function printOwnDialog(dialog: DeviceDialog, station: WatchedStation): PrintedDialog {
  const { callId, deviceTag, gatewayTag, direction } = dialog;
  const id = idOf(dialog);
  const names = [
    ['id', id],
    ['call-id', callId],
    ['local-tag', deviceTag],
    ['remote-tag', gatewayTag],
    ['direction', direction],
  ];
  const attributes = names.flatMap(([name, value]) => (value === undefined ? [] : `${name}="${text(value)}"`));
  const xml = [`<dialog ${attributes.join(' ')}>`, `<state>${dialog.state}</state>`, local(dialog, station)];
  const { confirmedAtMs } = dialog;
  return { id, xml: [...xml, ...remote(dialog, station.domain), '</dialog>'].join(''), confirmedAtMs };
}

/** A dialog as anybody else sees it who may watch the station: that there is one. */
export function printWatchedDialog(dialog: DeviceDialog): PrintedDialog {
  const id = idOf(dialog);
  const { direction, state } = dialog;
  return {
    id,
    xml: `<dialog id="${id}" direction="${direction}"><state>${state}</state></dialog>`,
    confirmedAtMs: undefined,
  };
}

export function printTerminated(id: string): string {
  return `<dialog id="${text(id)}"><state>terminated</state></dialog>`;
}

/** The same from the first provisional response to the end. */
function idOf({ gatewayTag }: DeviceDialog): string {
  return `d${gatewayTag}`;
}

/**
 * The device by its GRUU (RFC 5627), whether it renders what it receives (RFC 4235 §4.1.6.3): on hold it does not, and
 * whether its user has turned the microphone off, for which there is no parameter but ours.
 */
function local({ device, isHolding }: DeviceDialog, { number, name, domain }: WatchedStation): string {
  const uri = uriOf(number, domain);
  const target = device?.id === undefined ? uri : `${uri};gr=${device.id}`;
  const rendering = `<param pname="+sip.rendering" pval="${isHolding ? 'no' : 'yes'}"/>`;
  const microphone = device?.microphone?.isMuted ? `<param pname="${MICROPHONE_PACKAGE}" pval="muted"/>` : '';
  const identity = `<identity display="${text(name)}">${text(uri)}</identity>`;
  return `<local>${identity}<target uri="${text(target)}">${rendering}${microphone}</target></local>`;
}

function remote({ remote }: DeviceDialog, domain: string): string[] {
  if (remote?.number === undefined) return [];
  const { number, name } = remote;
  const display = name === undefined || name === '' ? '' : ` display="${text(name)}"`;
  return [`<remote><identity${display}>${text(uriOf(number, domain))}</identity></remote>`];
}

function uriOf(number: string, domain: string): string {
  return `sip:${escapeUser(encodeUtf8(number))}@${domain}`;
}
