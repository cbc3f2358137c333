import type { Call } from '@unisono/phone';
import { Icon } from '../ui/icons.tsx';
import { useWords } from '../words/index.ts';

/** How good the connection is: a mark while it is good, a hint what to do while it is not. */
export function Quality({ call }: { call: Call }) {
  const words = useWords();
  const { grade, warnings, jitterMs, roundTripMs, lossPercent } = call.quality;
  if (grade === 'unknown' || call.phase !== 'active') return <p className="quality">{'\u00a0'}</p>;
  const figures = [
    roundTripMs === undefined ? '' : `${Math.round(roundTripMs)} ms`,
    jitterMs === undefined ? '' : `± ${Math.round(jitterMs)} ms`,
    lossPercent === undefined ? '' : `${lossPercent.toFixed(1)} %`,
  ];
  if (grade === 'good')
    return (
      <p className="quality good" title={figures.filter(Boolean).join(' · ')}>
        <Icon name="bars" /> {words('quality.good')}
      </p>
    );
  return (
    <div className="quality">
      <p className="box">
        <strong>{words('quality.poor')}.</strong> {warnings.map((warning) => words(`quality.${warning}`)).join(' ')}
        <br />
        <small className="tnum">{figures.filter(Boolean).join(' · ')}</small>
      </p>
    </div>
  );
}
