"""A Python application with OpenLLMetry's instrumentation: its spans come by OTLP and become the same numbers."""

import os

from openai import OpenAI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

endpoint = os.environ.get("INFEROMETER_ENDPOINT", "http://127.0.0.1:4318")
provider = TracerProvider(resource=Resource.create({"service.name": "example-python-openllmetry"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
OpenAIInstrumentor().instrument(tracer_provider=provider)

answer = OpenAI().chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Where is order 1234?"}],
)
print(answer.choices[0].message.content)

# What still waits in the batch goes out before the program ends.
provider.shutdown()
