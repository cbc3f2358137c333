/** A film for a browser's camera (YUV4MPEG2): somebody holds a QR code in front of it, not quite straight. */
import { writeFileSync } from 'node:fs';

const WIDTH = 640;
const HEIGHT = 480;
const MODULE_PX = 8;
const TILT_RAD = (9 * Math.PI) / 180;
/** The wall behind, and what is printed. Luma of ITU-R BT.601. */
const WALL = 120;
const PAPER = 225;
const INK = 35;
const GREY = 128;

/** Writes a film that shows the code: rows of dark and light, the white around it included. */
export function writeFilm(file: string, rows: readonly (readonly boolean[])[]): void {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const [cos, sin] = [Math.cos(TILT_RAD) / MODULE_PX, Math.sin(TILT_RAD) / MODULE_PX];
  for (let pixel = 0; pixel < luma.length; pixel++) {
    const [dx, dy] = [(pixel % WIDTH) - WIDTH / 2, Math.floor(pixel / WIDTH) - HEIGHT / 2];
    const [x, y] = [dx * cos + dy * sin, dy * cos - dx * sin].map((value) => Math.floor(value + rows.length / 2));
    const isDark = rows[y ?? -1]?.[x ?? -1];
    luma[pixel] = isDark === undefined ? WALL : isDark ? INK : PAPER;
  }
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, GREY);
  const frame = [Buffer.from('FRAME\n'), luma, chroma];
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F5:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(file, Buffer.concat([head, ...frame, ...frame]));
}
