import { useEffect, useState } from 'react';

/** `denied`: the browser keeps this page from it; `none`: nothing is connected. `fine` also while it is not known. */
export type MicrophoneState = 'fine' | 'denied' | 'none';

/** Whether anybody would be heard in a call, followed live. */
export function useMicrophoneState(): MicrophoneState {
  const [isDenied, setDenied] = useState(false);
  const [isThere, setThere] = useState(true);
  useEffect(() => watchPermission(setDenied), []);
  useEffect(() => watchDevices(setThere), []);
  if (isDenied) return 'denied';
  return isThere ? 'fine' : 'none';
}

function watchPermission(onChange: (isDenied: boolean) => void): () => void {
  let status: PermissionStatus | undefined;
  let isOver = false;
  const read = (): void => onChange(status?.state === 'denied');
  navigator.permissions?.query({ name: 'microphone' }).then(
    (found) => {
      status = found;
      if (isOver) return;
      found.addEventListener('change', read);
      read();
    },
    // A browser that does not tell.
    () => undefined,
  );
  return () => {
    isOver = true;
    status?.removeEventListener('change', read);
  };
}

function watchDevices(onChange: (isThere: boolean) => void): () => void {
  const { mediaDevices } = navigator;
  const read = (): void => {
    mediaDevices?.enumerateDevices().then(
      (devices) => onChange(devices.some(({ kind }) => kind === 'audioinput')),
      () => undefined,
    );
  };
  read();
  mediaDevices?.addEventListener('devicechange', read);
  return () => mediaDevices?.removeEventListener('devicechange', read);
}
