"""The bytes of an event file -> columns of scalars, many records at a time.

In the order in which bytes pass through:

* `window`: a stretch of the file in memory.
* `framing`: where its records lie. Their lengths are mostly periodic, so most headers are checked all at once.
* `scalar_decoder`: groups records by length and has each group decoded at once where it can be:
  `template` knows the layout of a plain scalar event, `template_table` matches many records against it.
* `event_proto`, `tensor_number`: protobuf's parser, for every other record, with the same result.
* `large_record`, `record_search`: around images and graphs, and around damage.
* `checksum`: CRC-32C of one record or of many.
"""
