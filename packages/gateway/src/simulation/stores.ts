import { applyChange, type Change, compileSystem, type System, type SystemData } from '@unisono/pbx';
import type { CallRecord, CallRecordStore, RegistrationStore, StoredBinding, SystemSource } from '../ports.ts';

/** Call records as a store keeps them: opened, then closed once; what a dead process left open is closed at the next start. */
export class RecordLedger {
  readonly opened = new Map<string, CallRecord>();
  readonly closed = new Map<string, CallRecord>();
  /** Records closed twice or never opened: must stay empty. */
  readonly faults: string[] = [];
  /** Told of every record that opens and closes. */
  onOpen: ((record: CallRecord) => void) | undefined;
  onClose: ((record: CallRecord) => void) | undefined;

  open(record: CallRecord): void {
    if (this.opened.has(record.id)) this.faults.push(`opened twice: ${record.id}`);
    this.opened.set(record.id, record);
    this.onOpen?.(record);
  }

  close(record: CallRecord): void {
    if (!this.opened.has(record.id)) this.faults.push(`closed, never opened: ${record.id}`);
    if (this.closed.has(record.id)) this.faults.push(`closed twice: ${record.id}`);
    this.closed.set(record.id, record);
    this.onClose?.(record);
  }

  /** What the store does when it starts: calls that were open when the process died were interrupted. */
  closeInterrupted(nowMs: number): void {
    for (const record of this.opened.values()) {
      if (this.closed.has(record.id)) continue;
      const detail = 'The gateway stopped while the call was running';
      this.close({ ...record, endedAtMs: nowMs, result: 'interrupted', detail });
    }
  }
}

/** System data in memory, changed as the database does it. */
export class MemorySystem implements SystemSource {
  /** Where the last change was made. */
  changedBy: string | undefined;
  #system: System;
  readonly #listeners: ((system: System) => void)[] = [];

  constructor(data: SystemData) {
    this.#system = compileSystem(data);
  }

  current(): System {
    return this.#system;
  }

  apply(change: Change, by = 'phone'): { ok: true } | { ok: false; message: string } {
    const result = applyChange(this.#system, change);
    if (!result.ok) return { ok: false, message: result.errors[0]?.message ?? 'refused' };
    this.changedBy = by;
    this.#system = result.system;
    for (const listener of this.#listeners) listener(this.#system);
    return { ok: true };
  }

  onChange(listener: (system: System) => void): void {
    this.#listeners.push(listener);
  }

  /** The process that listened is gone. */
  forgetListeners(): void {
    this.#listeners.length = 0;
  }
}

/** A store as one process sees it: what the process writes after its death is never written. */
export function recordsOf(isAlive: () => boolean, ledger: RecordLedger): CallRecordStore {
  return {
    open: (record) => {
      if (isAlive()) ledger.open(record);
    },
    close: (record) => {
      if (isAlive()) ledger.close(record);
    },
  };
}

export function registrationsOf(isAlive: () => boolean, bindings: Map<string, StoredBinding>): RegistrationStore {
  return {
    load: () => [...bindings.values()],
    save: (binding) => {
      if (isAlive()) bindings.set(keyOf(binding.device, binding.key), binding);
    },
    remove: (device, key) => {
      if (isAlive()) bindings.delete(keyOf(device, key));
    },
  };
}

function keyOf(device: string, key: string): string {
  return `${device} ${key}`;
}
