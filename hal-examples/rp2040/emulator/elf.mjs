// Reads of a 32-bit little-endian ELF file what an emulator needs: the bytes to load, and where the functions are.
import fs from 'node:fs';

const LOADED = 1; // program header type
const SYMBOLS = 2; // section header type
const FUNCTION = 2; // symbol type

/** `{ segments: [{ address, bytes }], functions: [{ address, name }] }`, the functions in ascending order. */
export function readElf(path) {
  const file = fs.readFileSync(path);
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 1) throw new Error(`${path} is no 32-bit ELF file`);
  const word = (at) => file.readUInt32LE(at);
  const table = (start, size, count) => Array.from({ length: file.readUInt16LE(count) }, (_, i) => word(start) + i * file.readUInt16LE(size));

  // The physical address (12): initial values of variables lie in flash, and start-up code copies them.
  const segments = table(28, 42, 44)
    .filter((at) => word(at) === LOADED && word(at + 16) > 0)
    .map((at) => ({ address: word(at + 12), bytes: file.subarray(word(at + 4), word(at + 4) + word(at + 16)) }));

  const functions = [];
  const sections = table(32, 46, 48);
  for (const section of sections.filter((at) => word(at + 4) === SYMBOLS)) {
    const names = word(sections[word(section + 24)] + 16);
    const start = word(section + 16);
    for (let at = start; at < start + word(section + 20); at += 16) {
      const from = names + word(at);
      if ((file[at + 12] & 15) === FUNCTION) functions.push({ address: word(at + 4) & ~1, name: file.toString('latin1', from, file.indexOf(0, from)) });
    }
  }
  functions.sort((a, b) => a.address - b.address);
  return { segments, functions };
}
