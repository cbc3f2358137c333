import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dialog } from '../dialog/dialog.ts';
import { HeaderList } from '../message/headers.ts';
import { SipRequest } from '../message/message.ts';
import { Stage } from './testing.ts';

/** What agent a makes of an INVITE with these Replaces values. */
function verdict(
  stage: Stage,
  values: readonly string[],
  extra: readonly (readonly [string, string])[] = [],
  method = 'INVITE',
) {
  const headers = new HeaderList();
  for (const value of values) headers.append('Replaces', value);
  for (const [name, value] of extra) headers.append(name, value);
  const found = stage.a.ua.findReplaced(new SipRequest(method, stage.a.uri, headers));
  if (!found) return undefined;
  return found.kind === 'refused' ? found.status : found.isEarly ? 'early session' : 'session';
}

function naming({ callId, localTag, remoteTag }: Dialog, rest = ''): string {
  return `${callId};to-tag=${localTag};from-tag=${remoteTag}${rest}`;
}

describe('INVITE with Replaces (RFC 3891 §3)', () => {
  test('no Replaces, nothing to replace', () => assert.equal(verdict(new Stage(), []), undefined));

  test('a confirmed dialog, by its tags as its owner sees them', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    const { callId, localTag, remoteTag } = caller.dialog;
    assert.equal(verdict(stage, [naming(caller.dialog)]), 'session');
    assert.equal(verdict(stage, [`${callId};to-tag=${remoteTag};from-tag=${localTag}`]), 481);
    assert.equal(verdict(stage, [`other;to-tag=${localTag};from-tag=${remoteTag}`]), 481);
    assert.equal(verdict(stage, [naming(caller.dialog, ';early-only')]), 486);
    caller.bye();
    stage.run();
    assert.equal(verdict(stage, [naming(caller.dialog)]), 603);
    stage.assertNothingLeft();
    assert.equal(verdict(stage, [naming(caller.dialog)]), 481);
  });

  test('an early dialog that we placed, with or without early-only', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run();
    assert.equal(verdict(stage, [naming(stage.a.session.dialog)]), 'early session');
    assert.equal(verdict(stage, [naming(stage.a.session.dialog, ';early-only')]), 'early session');
    stage.b.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('an early dialog in which we ring cannot be replaced', () => {
    const stage = new Stage();
    stage.a.onCall = (invite) => invite.progress(180);
    stage.b.call(stage.a);
    stage.run();
    assert.equal(verdict(stage, [naming(stage.a.session.dialog)]), 481);
    stage.a.invite.reject(480);
    stage.assertNothingLeft();
  });

  test('what makes no sense: 400', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    const value = naming(caller.dialog);
    assert.equal(verdict(stage, [value, value]), 400);
    assert.equal(verdict(stage, ['call-id-only']), 400);
    assert.equal(verdict(stage, [value], [['Join', value]]), 400);
    assert.equal(verdict(stage, [value], [], 'OPTIONS'), 400);
    caller.bye();
    stage.assertNothingLeft();
  });
});
