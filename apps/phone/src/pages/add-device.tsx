import type { PairingStateView, PairingView } from '@unisono/phone';
import { useEffect, useState } from 'react';
import { useDoing, usePhone } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';
import { QrCode } from './qr-code.tsx';

const LOOK_MS = 2_000;

/** Shows a code by which another device signs in, and asks before it is let in. */
export function AddDevice() {
  const words = useWords();
  const { account } = usePhone();
  const doing = useDoing();
  const [pairing, setPairing] = useState<PairingView>();
  const [state, setState] = useState<PairingStateView>();
  const id = pairing?.pairingId;
  const phase = state?.state ?? 'waiting';
  const isOver = phase === 'finished' || phase === 'expired' || phase === 'refused';
  useEffect(() => {
    if (id === undefined || isOver) return;
    const timer = setInterval(async () => {
      const outcome = await account.pairing(id);
      if (outcome.ok) setState(outcome.value);
      // The Connector keeps it until the other device has its session, or its time is over.
      else if (outcome.problem.code === 'notFound') setState((before) => ended(id, before));
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [id, account, isOver]);
  const begin = async (): Promise<void> => {
    setState(undefined);
    const outcome = await doing.run(account.startPairing());
    if (outcome.ok) setPairing(outcome.value);
  };
  const decide = async (approve: boolean): Promise<void> => {
    if (id === undefined) return;
    const outcome = await doing.run(account.decidePairing(id, approve));
    if (outcome.ok) setState(outcome.value);
    if (!approve) setPairing(undefined);
  };
  return (
    <div className="stack tight">
      <Problem text={doing.problem} />
      {(pairing === undefined || isOver) && (
        <div>
          <button type="button" className="button" disabled={doing.isBusy} onClick={begin}>
            <Icon name="add" /> {words('addDevice')}
          </button>
        </div>
      )}
      {pairing !== undefined && phase === 'waiting' && (
        <>
          <p>{words('addDeviceAbout')}</p>
          {/* Where this page is from, the other device finds it, too. */}
          <QrCode text={`${location.origin}/pair#${pairing.code}`} label={words('qrAlt')} />
          <p>
            {words('addDeviceCode')} <code className="secret">{pairing.code}</code>
          </p>
        </>
      )}
      <div role="status" className="stack tight">
        {phase === 'claimed' && (
          <>
            <p className="box">{words('wantsIn', { name: state?.installation?.name ?? '?' })}</p>
            <div className="row">
              <button type="button" className="button main" disabled={doing.isBusy} onClick={() => decide(true)}>
                {words('letIn')}
              </button>
              <button type="button" className="button" disabled={doing.isBusy} onClick={() => decide(false)}>
                {words('refuse')}
              </button>
            </div>
          </>
        )}
        {(phase === 'approved' || phase === 'finished') && <p className="box good">{words('letInDone')}</p>}
        {phase === 'expired' && <p className="box">{words('problem.expired')}</p>}
      </div>
    </div>
  );
}

function ended(pairingId: string, before: PairingStateView | undefined): PairingStateView {
  const { expiresAtMs = 0, ...known } = before ?? {};
  return { ...known, pairingId, expiresAtMs, state: before?.state === 'approved' ? 'finished' : 'expired' };
}
