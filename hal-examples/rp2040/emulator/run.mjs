// node emulator/run.mjs FIRMWARE.elf [WORD...] [--seeds 1,2,3] [--until TEXT]... [--hang N] [--millions N]
//
// Runs RP2040 firmware with both cores, once for each seed, and shows what each core says on its UART.
//
//   WORD        the firmware's command line, for semihosting
//   --seeds     a run each; the seed decides how the cores' instructions interleave (default 1)
//   --until     the run ends well when this text has come; several: when they have come in this order
//   --hang      core 1 stands still after N instructions, until it is reset
//   --millions  most instructions, both cores together, after which a run has failed (default 2000)
//
// Status 0: every run ended with a semihosting exit of 0, or with the last text. Needs rp2040js: `npm install rp2040js@1.4.1`
// in a folder above, or RP2040JS=FOLDER/x where FOLDER has it in node_modules.
import { parseArgs } from 'node:util';
import { readElf } from './elf.mjs';
import { TwoCores } from './two-cores.mjs';

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    until: { type: 'string', multiple: true, default: [] },
    hang: { type: 'string', default: '0' },
    millions: { type: 'string', default: '2000' },
  },
});
const [file, ...words] = positionals;
const elf = readElf(file);
const failed = asked.seeds.split(',').map(Number).filter((seed) => !run(seed));
process.exit(failed.length === 0 ? 0 : 1);

function run(seed) {
  const awaited = [...asked.until];
  let said = false, trouble = null;
  const chip = new TwoCores(elf, seed, {
    words: words.join(' '),
    onText(core, line) {
      console.log(`  core ${core} | ${line}`);
      if (awaited.length > 0 && line.includes(awaited[0])) said = awaited.splice(0, 1) && awaited.length === 0;
    },
    onTrouble: (text) => (trouble ??= text),
    hangAt: Number(asked.hang),
  });
  const started = Date.now();
  const status = chip.run((steps) => trouble !== null || said || steps > Number(asked.millions) * 1e6);
  const seconds = (Date.now() - started) / 1000;

  const good = trouble === null && (said || status === 0);
  const end = trouble ?? (said ? 'said what was awaited' : status === null ? `did not end: ${chip.where()}` : `exit status ${status}`);
  const millions = chip.steps.map((steps) => (steps / 1e6).toFixed(1));
  console.log(
    `${[...words, 'seed'].join(', ')} ${seed}: ${good ? 'ok' : 'FAILED'}, ${end}; ${millions.join(' + ')} million instructions, ` +
      `${(chip.changeovers / 1e6).toFixed(1)} million changeovers, ${seconds.toFixed(1)} s`,
  );
  return good;
}
