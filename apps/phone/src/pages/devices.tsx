import { usePhoneState } from '../phone-context.ts';
import { Empty, PageHead } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';
import { OtherCalls } from './other-calls.tsx';
import { OwnDevices } from './own-devices.tsx';

/** What runs on the user's other devices, and how to take it over. */
export function Devices() {
  const words = useWords();
  const isQuiet = usePhoneState((state) => state.elsewhere.length === 0);
  return (
    <>
      <PageHead title={words('devicesLong')} />
      {isQuiet ? (
        <Empty icon="devices">
          <p>{words('noOther')}</p>
          <p>
            <small>{words('noOtherHint')}</small>
          </p>
        </Empty>
      ) : (
        <OtherCalls />
      )}
      <OwnDevices />
    </>
  );
}
