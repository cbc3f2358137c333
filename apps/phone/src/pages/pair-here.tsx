import { useEffect, useRef, useState } from 'react';
import { startScan } from '../browser/scan.ts';
import { useDoing, usePhone } from '../phone-context.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** Signs this device in by the code that another one shows. */
export function PairHere({ first }: { first: string }) {
  const words = useWords();
  const { signIn } = usePhone();
  const doing = useDoing();
  const [code, setCode] = useState(first);
  const [isScanning, setScanning] = useState(false);
  const [hasNoCamera, setNoCamera] = useState(false);
  const claim = async (given: string): Promise<void> => {
    setScanning(false);
    // The code is in the address bar, and works once: a reload must not send it again.
    if (location.pathname !== '/') history.replaceState(null, '', '/');
    await doing.run(signIn.withPairingCode(given.slice(given.indexOf('#') + 1).trim()));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a code that came in the address is used at once, and once
  useEffect(() => {
    if (first !== '') claim(first);
  }, []);
  return (
    <div className="stack">
      <div role="status">{doing.isBusy && <p className="box tint">{words('qrWaiting')}</p>}</div>
      {!doing.isBusy && (
        <>
          <p>{words('qrAbout')}</p>
          <Problem text={doing.problem} />
          {isScanning ? (
            <Camera
              onCode={claim}
              onFailed={() => {
                setScanning(false);
                setNoCamera(true);
              }}
            />
          ) : (
            <button type="button" className="button wide" onClick={() => setScanning(true)}>
              {words('qrScan')}
            </button>
          )}
          {hasNoCamera && <p className="box">{words('qrNoCamera')}</p>}
          <form
            className="stack tight"
            onSubmit={(event) => {
              event.preventDefault();
              claim(code);
            }}
          >
            <Field label={words('qrCode')} hint={words('qrCodeHint')} value={code} isRequired onChange={setCode} />
            <button type="submit" className="button main wide" disabled={code.trim() === ''}>
              {words('next')}
            </button>
          </form>
        </>
      )}
    </div>
  );
}

function Camera({ onCode, onFailed }: { onCode: (code: string) => void; onFailed: () => void }) {
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the camera is opened once
  useEffect(() => {
    if (video.current === null) return;
    const scan = startScan(video.current, onCode);
    scan.opened.catch(onFailed);
    return scan.stop;
  }, []);
  return (
    <video ref={video} className="camera" muted playsInline aria-label={words('qrScan')}>
      <track kind="captions" />
    </video>
  );
}
