import { useWords } from '../words/index.ts';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  /** What has come to pass, before them. */
  readonly done?: string;
}

/** The codes that take the place of a lost second factor; shown once. */
export function RecoveryCodes({ codes, done }: RecoveryCodesProps) {
  const words = useWords();
  return (
    <div className="box good" role="status">
      {done !== undefined && <p>{done}</p>}
      <p>{words('recovery')}</p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
