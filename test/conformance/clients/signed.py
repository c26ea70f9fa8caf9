"""Requests to a service that botocore signs, as AWS's samples for VPC Lattice do: random paths, queries and headers.

The keys come from the environment, where the service is found from the arguments: address, port, name. The service answers 404 whoever it lets
in. At the end the numbers of answers by status go to standard output, a JSON object: of good signatures, and of those with another secret.
"""

import collections
import http.client
import json
import os
import random
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

address, port, name = sys.argv[1:]
seed = int.from_bytes(os.urandom(4), "big")
print(f"seed {seed}", file=sys.stderr)
chance = random.Random(seed)

parts = ["a", "Z9", "-._~", "%20", "%2F", "%3A", "%C3%A4", "%ff", ":", "@", "!", "$", "'", "(", ")", "*", "+", ",", ";", "="]


def some(most):
    return "".join(chance.choice(parts) for _ in range(chance.randint(0, most)))


def draft():
    # An empty segment is signed without and sent with its slash; dots are part of longer segments only.
    path = "/" + "/".join(some(3).replace("-._~", "x-._~") for _ in range(chance.randint(0, 4)))
    pairs = [chance.choice([some(2), f"k{some(1)}={some(3)}"]) for _ in range(chance.randint(0, 4))]
    query = "&".join(pair for pair in pairs if pair)
    headers = {f"x-{chance.choice('abc')}-{i}": some(4) + "  " + some(2) for i in range(chance.randint(0, 3))}
    return chance.choice(["GET", "POST", "DELETE"]), path + (f"?{query}" if query else ""), headers


def ask(secret):
    method, target, headers = draft()
    request = AWSRequest(method, f"http://{name}:{port}{target}", headers={**headers, "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"], secret)
    SigV4Auth(credentials, "vpc-lattice-svcs", "us-east-1").add_auth(request)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", f"{name}:{port}")
    for key, value in request.headers.items():
        connection.putheader(key, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status not in (403, 404) or (answer.status == 403 and secret == own):
        print(method, target, headers, answer.status, body, file=sys.stderr)
    return answer.status


own = os.environ["AWS_SECRET_ACCESS_KEY"]
connection = http.client.HTTPConnection(address, int(port))
good = collections.Counter(ask(own) for _ in range(500))
forged = collections.Counter(ask("another") for _ in range(20))
print(json.dumps({"good": good, "forged": forged}))
