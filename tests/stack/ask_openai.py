"""Asks questions through the official client, watched by one of three instrumentations, and exports the spans by OTLP.

Reads its orders as JSON from standard input: instrumentation, protocol, endpoint, service, calls [{base_url, model, stream}].
"""

import json
import sys

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def make_exporter(protocol, endpoint):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint=endpoint, insecure=True)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")


def make_instrumentor(name):
    if name == "openllmetry":
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    elif name == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor
    else:
        from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
    return OpenAIInstrumentor()


def ask(client_class, call):
    client = client_class(api_key="none", base_url=call["base_url"], max_retries=0)
    messages = [{"role": "user", "content": "Where is my order?"}]
    if not call["stream"]:
        client.chat.completions.create(model=call["model"], messages=messages)
        return
    options = {"include_usage": True}
    for _ in client.chat.completions.create(model=call["model"], messages=messages, stream=True, stream_options=options):
        pass


def main():
    orders = json.load(sys.stdin)
    provider = TracerProvider(resource=Resource.create({"service.name": orders["service"]}))
    provider.add_span_processor(BatchSpanProcessor(make_exporter(orders["protocol"], orders["endpoint"])))
    trace.set_tracer_provider(provider)
    make_instrumentor(orders["instrumentation"]).instrument(tracer_provider=provider)
    from openai import OpenAI

    for call in orders["calls"]:
        ask(OpenAI, call)
    provider.shutdown()


main()
