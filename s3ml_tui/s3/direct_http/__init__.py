"""Requests about one object without boto3: small bodies and parts, ranges, heads, copies and tags.

Why beside boto3:

- boto3 spends 2 ms of CPU on a call, most of it under Python's one lock; this way takes 0.4 to 0.7 ms. Many small files
  are bound by that lock (docs/decisions/0002-transfers.md, docs/decisions/0005-acting-on-many.md).
- A read that is cancelled hangs up at once; boto3 waits for its answer or its timeout.

Why it stays small: only good answers are understood here. Whatever else comes (a refusal, a redirect, a throttled or
broken request) is a `Miss`, and boto3 repeats the request and explains the answer. Endpoints, addressing, regions,
credentials and proxies are boto3's too: a route is learnt from a request that boto3 has signed.
"""
