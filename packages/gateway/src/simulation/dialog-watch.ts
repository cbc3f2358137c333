import type { SubscriberSubscription, SubscriptionEnd } from '@unisono/sip';

/** One dialog as a document showed it. */
export interface SeenDialog {
  readonly id: string;
  readonly callId: string | undefined;
  readonly localTag: string | undefined;
  readonly remoteTag: string | undefined;
  readonly direction: string | undefined;
  readonly state: string;
  /** `gr` of the device. */
  readonly device: string | undefined;
  readonly remote: string | undefined;
  readonly remoteName: string | undefined;
  readonly isHolding: boolean;
  readonly isMuted: boolean;
}

/** What a phone knows of the dialogs of a station (RFC 4235 §4.3): documents put together by version. */
export class DialogWatch {
  readonly documents: string[] = [];
  /** Alive ones, by id. */
  readonly dialogs = new Map<string, SeenDialog>();
  /** Documents out of order, and what else is wrong. */
  readonly faults: string[] = [];
  subscription: SubscriberSubscription | undefined;
  end: SubscriptionEnd | undefined;
  onEnd: (() => void) | undefined;
  #version = -1;

  /** A document came. */
  take(xml: string): void {
    this.documents.push(xml);
    const [, version, state] = /<dialog-info [^>]*version="(\d+)" state="(\w+)"/.exec(xml) ?? [];
    if (Number(version) !== this.#version + 1) this.faults.push(`version ${version} after ${this.#version}`);
    if (this.#version < 0 && state !== 'full') this.faults.push(`the first document is ${state}`);
    this.#version = Number(version);
    if (state === 'full') this.dialogs.clear();
    const named = new Set<string>();
    for (const [element] of xml.matchAll(/<dialog .*?<\/dialog>/g)) {
      const dialog = read(element);
      if (named.has(dialog.id)) this.faults.push(`version ${version} names ${dialog.id} twice`);
      named.add(dialog.id);
      if (dialog.state === 'terminated') this.dialogs.delete(dialog.id);
      else this.dialogs.set(dialog.id, dialog);
    }
  }

  /** The dialog with that Call-ID. */
  ofCall(callId: string): SeenDialog | undefined {
    return [...this.dialogs.values()].find((one) => one.callId === callId);
  }

  /** Alive dialogs in that state. */
  in(state: string): SeenDialog[] {
    return [...this.dialogs.values()].filter((one) => one.state === state);
  }
}

/** Value of the Replaces header that takes over a dialog which was seen (RFC 3891 §6.1). */
export function replacesOf({ callId, localTag, remoteTag }: SeenDialog): string {
  return `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
}

function read(xml: string): SeenDialog {
  const attribute = (name: string) => new RegExp(`<dialog (?:[^>]* )?${name}="([^"]*)"`).exec(xml)?.[1];
  return {
    id: attribute('id') ?? '',
    callId: attribute('call-id'),
    localTag: attribute('local-tag'),
    remoteTag: attribute('remote-tag'),
    direction: attribute('direction'),
    state: /<state>(\w+)<\/state>/.exec(xml)?.[1] ?? '',
    device: /<target uri="[^"]*;gr=([^";]*)"/.exec(xml)?.[1],
    remote: /<remote><identity[^>]*>sip:([^@<]*)@/.exec(xml)?.[1],
    remoteName: /<remote><identity display="([^"]*)"/.exec(xml)?.[1],
    isMuted: /pname="unisono-microphone" pval="muted"/.test(xml),
    isHolding: /pname="\+sip\.rendering" pval="no"/.test(xml),
  };
}
