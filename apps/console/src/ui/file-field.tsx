import { useId } from 'react';

/** A file of the user's computer, read as text. */
export function FileField({
  label,
  accept,
  onText,
}: {
  label: string;
  accept: string;
  onText: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept={accept}
        onChange={(event) => {
          event.target.files?.[0]?.text().then(onText, () => undefined);
        }}
      />
    </div>
  );
}
