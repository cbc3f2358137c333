import { useWords } from '../words/index.ts';

/** What a call would do, in the sentences of the phone system: the first says where it rings, the others what if not. */
export function Preview({ sentences }: { sentences: readonly string[] }) {
  const words = useWords();
  const [first, ...others] = sentences;
  return (
    <>
      <p className="first">{first}</p>
      {others.length > 0 && (
        <details>
          <summary>{words('previewMore')}</summary>
          <ul className="stack tight">
            {others.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
