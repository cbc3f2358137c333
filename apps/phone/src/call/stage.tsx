import { usePhoneState } from '../phone-context.ts';
import { IconButton } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';
import { Ended } from './ended.tsx';
import { Idle } from './idle.tsx';
import { InCall } from './in-call.tsx';
import { Incoming } from './incoming.tsx';
import { onStage } from './which.ts';

/** Where calls are: beside the page on a desk, over it on a telephone. */
export function Stage({ onHide }: { onHide: (() => void) | undefined }) {
  const words = useWords();
  const { incoming, main, other, ended } = onStage(usePhoneState((state) => state.calls));
  return (
    <>
      {onHide !== undefined && incoming === undefined && main !== undefined && (
        <div className="stagehead">
          <IconButton icon="down" label={words('hide')} onClick={onHide} />
        </div>
      )}
      {incoming !== undefined && <Incoming key={incoming.id} call={incoming} running={main} />}
      {main !== undefined && incoming === undefined && <InCall key={main.id} call={main} other={other} />}
      {ended !== undefined && <Ended key={ended.id} call={ended} />}
      {incoming === undefined && main === undefined && ended === undefined && <Idle />}
    </>
  );
}
