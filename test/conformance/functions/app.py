# An ordinary function for AWS's Python runtime client: does what the path of its event says, and reads events with Powertools.

import base64
import hashlib
import json
import os
import time

from aws_lambda_powertools.utilities.data_classes import VPCLatticeEvent, VPCLatticeEventV2

count = 0


def answer(value):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(value)}


def handler(event, context):
    global count
    count += 1
    request = VPCLatticeEventV2(event) if "version" in event else VPCLatticeEvent(event)
    if request.path == "/binary":
        data = base64.b64decode(request.body) if request.is_base64_encoded else request.body.encode()
        return {
            "statusCode": 201,
            "headers": {"content-type": "image/png", "x-sha256": hashlib.sha256(data).hexdigest()},
            "body": base64.b64encode(data).decode(),
            "isBase64Encoded": True,
        }
    if request.path == "/fail":
        raise TypeError("the quote is not for sale")
    if request.path == "/deep":
        raise ValueError("x" * 100_000)
    if request.path == "/late":
        time.sleep(60)
    if request.path == "/slow":
        time.sleep(0.5)
        return answer({"pid": os.getpid()})
    if request.path == "/context":
        return answer(
            {
                "arn": context.invoked_function_arn,
                "remaining": context.get_remaining_time_in_millis(),
                "name": context.function_name,
                "requestId": context.aws_request_id,
                "region": os.environ["AWS_REGION"],
                "pid": os.getpid(),
                "count": count,
            }
        )
    if request.path == "/powertools":
        return answer(read(request))
    return answer(event)


# What Powertools' data classes make of the event.
def read(request):
    seen = {
        "method": request.http_method,
        "path": request.path,
        "query": request.query_string_parameters,
        "header": request.headers["X-Multi"],
        "resolved": request.resolved_headers_field["x-multi"],
        "base64": request.is_base64_encoded,
        "body": request.decoded_body,
    }
    if request.decoded_body:
        seen["json"] = request.json_body
    if isinstance(request, VPCLatticeEvent):
        seen["raw"] = request.raw_path
        return seen
    context = request.request_context
    seen["version"] = request.version
    seen["context"] = {
        "network": context.service_network_arn,
        "service": context.service_arn,
        "group": context.target_group_arn,
        "region": context.region,
        "vpc": context.identity.source_vpc_arn,
        "type": context.identity.get_type,
        "principal": context.identity.principal,
        "time": int(context.time_epoch),
    }
    return seen
