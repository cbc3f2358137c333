import type { Outcome } from '../outcome.ts';
import type { PhoneState } from '../state.ts';

/** What tabs say to each other. */
export type TabMessage =
  /** A tab is there and wants to know the state. */
  | { readonly type: 'hello' }
  /** Parts of the leader's state that changed; all of them after `hello`. `gone` are parts that are not there any more. */
  | { readonly type: 'state'; readonly part: Partial<PhoneState>; readonly gone: readonly (keyof PhoneState)[] }
  | {
      readonly type: 'command';
      readonly id: string;
      readonly path: readonly [string, string];
      readonly args: readonly unknown[];
    }
  | { readonly type: 'outcome'; readonly id: string; readonly outcome: Outcome<unknown> }
  /** The leader ends. */
  | { readonly type: 'bye' };

export function isTabMessage(value: unknown): value is TabMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    ['hello', 'state', 'command', 'outcome', 'bye'].includes(String(value.type))
  );
}
