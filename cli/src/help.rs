//! The words of `--help`.
#![forbid(unsafe_code)]

pub const MAIN: &str = "\
cohabit: live objects in memory that processes share

  cohabit demo [FILE.json]        watch two processes work on the same objects, and one of them die
  cohabit put NAME FILE           put a document (JSON, or CBOR) into a region, as a message
  cohabit take NAME [FILE]        take the oldest message out again, as JSON or CBOR
  cohabit show NAME               what is in a region: roots, messages, objects, sizes
  cohabit check NAME              is everything in it sound?
  cohabit list                    the regions on this machine
  cohabit rm NAME...              remove regions

A region is a piece of shared memory with a name. `put` makes it if it is missing; it stays until `rm`.
`cohabit COMMAND --help` says more about each; `cohabit --version` tells the version.

Exit status: 0 done, 1 the region failed its check, 2 could not do it (one line on standard error says why).
";

pub const DEMO: &str = "\
cohabit demo [FILE.json] [--size SIZE]

Starts a second process and works with it on the same living objects, turn by turn: a company's record, then a
real JSON document (FILE.json; without it a sample that comes with the program: 400 earthquakes). Then kills the
second process in the middle of a turn, between two stores of one operation, and goes on with a third.
Everything is checked on the way. Ends with what it cost: operations per second, bytes by kind of object.

  --size SIZE   bytes of shared memory: 64M unless given; K, M and G are 1024, 1024² and 1024³ bytes

Takes a few seconds and removes its region at the end. Exit status 0 if every check held.
";

pub const PUT: &str = "\
cohabit put NAME FILE [--size SIZE]

Puts a document into the region NAME, at the end of its queue of messages: CBOR if FILE ends in .cbor, else JSON.
`-` reads JSON from standard input. The region is made if it is missing, and stays until `cohabit rm NAME`.

  --size SIZE   bytes of a region that has to be made: 64M unless given; K, M and G are 1024, 1024² and 1024³ bytes

All or nothing: if the document is not well-formed, or there is no room for it, the region is as it was.
Whole numbers of any size stay exact, other numbers become 64-bit floats; texts keep every character; the
members of an object keep their order, and of two with the same name the last one's value counts, as in most languages.
CBOR brings bytes, decimal numbers, infinities and keys of other types besides.
";

pub const TAKE: &str = "\
cohabit take NAME [FILE] [--pretty] [--wait SECONDS]

Takes the oldest message of the region NAME, prints it as JSON on one line, and destroys it. With a FILE it is
written there: as CBOR if FILE ends in .cbor, else as JSON; what was in the file is replaced.

  --pretty         JSON over many lines, indented
  --wait SECONDS   if there is none, wait for one at most so long

The message is destroyed only after it has been printed or written. If this program is killed before that, nobody
reads what it prints, or its form has no place for a value, the message is back in its place.
";

pub const SHOW: &str = "\
cohabit show NAME [--depth N] [--width N] [--all]

Shows the region NAME: its size, who has joined, how much memory is free; then its roots (objects with a name) and
messages as a tree. Sizes are bytes in the region, with everything inside. A NAME with a slash is a file of a region's
bytes, for example a dump of a board's RAM; it is left as it is.

  --depth N   levels of the tree to show: 3 unless given
  --width N   entries of each list or map to show: 8 unless given
  --all       everything, and texts at full length
";

pub const CHECK: &str = "\
cohabit check NAME

Audits the region NAME: every block, link, count, text and owner. Exit status 1 if something is wrong, and a line
that says what. A NAME with a slash is a file of a region's bytes, for example a dump of a board's RAM; it is left as it
is, and what a party had begun in it is undone only in the copy that is checked.
";

pub const LIST: &str = "\
cohabit list

Prints the names of all regions on this machine, one a line; those of other users, too.
";

pub const RM: &str = "\
cohabit rm NAME...

Removes regions. Programs that have joined one go on with it among themselves; its memory goes with the last of them.
";
