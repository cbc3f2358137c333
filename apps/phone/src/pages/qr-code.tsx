import { useEffect, useState } from 'react';

/** Modules of white around the code (ISO/IEC 18004 §9.1). */
const QUIET = 4;

/** A QR code, drawn as one path: no picture has to be loaded, and a policy against inline pictures is no trouble. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [path, setPath] = useState<{ readonly d: string; readonly size: number }>();
  useEffect(() => {
    let isCurrent = true;
    import('qr').then(({ default: encode }) => {
      if (!isCurrent) return;
      const rows = encode(text, 'raw', { ecc: 'medium', border: QUIET });
      const d = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
      setPath({ d, size: rows.length });
    });
    return () => {
      isCurrent = false;
    };
  }, [text]);
  return (
    <svg className="qr" role="img" aria-label={label} viewBox={`0 0 ${path?.size ?? 1} ${path?.size ?? 1}`}>
      <path d={path?.d ?? ''} shapeRendering="crispEdges" />
    </svg>
  );
}
