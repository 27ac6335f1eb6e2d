"""The files of a segment. Numbers are little-endian; no file is ever changed.

Every file is data, the CRC-32 of each 8 KiB of it, and a footer (`mmap_file`). The commit holds the
checksum of the checksums, so that what is read is what was written, or damage.

    .terms      for each field its terms, sorted, in deflated blocks of 256: the terms, their
                document frequencies, the postings of those in one document, and the bytes that the
                others have in .postings and .positions; then the sparse index: each block's place
                and first term
    .postings   for each term chunks of a number of postings and three streams: steps from document
                to document, counts of positions, and what weights differ from counts
    .positions  for each term and chunk one stream: a posting's first position, and the steps to
                the others. The high bits of a position are its field
    .values     for each document its length (one byte), dates (two numbers), and columns of bytes
                in deflated blocks: id, folded title, facets, near-duplicate signature
    .records    the stored records, in deflated blocks of several

`families-N.bin`, a file of the commit and of no segment, has a 32-bit number for each document of
all segments: its family of near-duplicates, 0 if it has none, negative if the family is no clique
(`ranking.duplicate_families`).

A stream is a head, the low bytes of all its numbers, and the exceptions that need more
(`postings_reader`).

Fields that begin with `*` are lists beside the words: `*forms` are folded forms that several exact
forms share, with their document frequency; `*stems` pairs of a stem and a term; `*spelling` the
forms that are offered as corrections.
"""
