const EVERY_MS = 250;

/** Looks for a QR code in what the camera sees. */
export function startScan(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
): { readonly opened: Promise<void>; stop(): void } {
  let stream: MediaStream | undefined;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    isStopped = true;
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };
  const opened = (async () => {
    const [camera, { default: decode }] = await Promise.all([
      navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }),
      import('qr/decode.js'),
    ]);
    stream = camera;
    if (isStopped) return stop();
    video.srcObject = camera;
    await video.play();
    const canvas = document.createElement('canvas');
    const look = (): void => {
      const found = codeIn(video, canvas, decode);
      if (found === undefined) {
        timer = setTimeout(look, EVERY_MS);
        return;
      }
      stop();
      onCode(found);
    };
    look();
  })();
  return { opened, stop };
}

function codeIn(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  decode: (image: ImageData) => string,
): string | undefined {
  const { videoWidth: width, videoHeight: height } = video;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (width === 0 || context === null) return undefined;
  Object.assign(canvas, { width, height });
  context.drawImage(video, 0, 0);
  try {
    return decode(context.getImageData(0, 0, width, height));
  } catch {
    // No code in this picture.
    return undefined;
  }
}
