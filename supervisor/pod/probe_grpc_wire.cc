#include "supervisor/pod/probe_grpc_wire.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/go_text.h"

namespace podrun::pod {

namespace {

constexpr std::array<const char*, 17> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

/// grpc-go's HTTPStatusConvTab.
int code_of_http_status(std::string_view status) {
  if (status == "400") return kGrpcInternal;
  if (status == "401") return kGrpcUnauthenticated;
  if (status == "403") return kGrpcPermissionDenied;
  if (status == "404") return kGrpcUnimplemented;
  if (status == "429" || status == "502" || status == "503" || status == "504")
    return kGrpcUnavailable;
  return kGrpcUnknown;
}

const char* http_status_text(std::string_view status) {
  constexpr struct {
    const char* status;
    const char* text;
  } kTexts[] = {{"301", "Moved Permanently"},   {"302", "Found"},
                {"400", "Bad Request"},         {"401", "Unauthorized"},
                {"403", "Forbidden"},           {"404", "Not Found"},
                {"405", "Method Not Allowed"},  {"415", "Unsupported Media Type"},
                {"429", "Too Many Requests"},   {"500", "Internal Server Error"},
                {"501", "Not Implemented"},     {"502", "Bad Gateway"},
                {"503", "Service Unavailable"}, {"504", "Gateway Timeout"}};
  for (const auto& row : kTexts)
    if (status == row.status) return row.text;
  return "";
}

/// "application/grpc", also with a suffix: "+proto", ";charset=…".
bool grpc_content_type(std::string_view type) {
  constexpr std::string_view kBase = "application/grpc";
  return type.starts_with(kBase) &&
         (type.size() == kBase.size() || type[kBase.size()] == '+' || type[kBase.size()] == ';');
}

}  // namespace

std::string grpc_timeout_text(Nanoseconds left) {
  constexpr std::int64_t kMost = 99'999'999;
  const auto micros = std::max<std::int64_t>(1, (left.count() + 999) / 1000);
  if (micros <= kMost) return std::to_string(micros) + "u";
  if (micros / 1000 <= kMost) return std::to_string(micros / 1000) + "m";
  return std::to_string(std::min<std::int64_t>(kMost, micros / 1'000'000)) + "S";
}

std::string grpc_percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* const hex = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(hex, hex + 2, value, 16).ptr == hex + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string not_grpc(const std::vector<HpackField>& fields, int& code) {
  const std::string* status = hpack_find(fields, ":status");
  const std::string* type = hpack_find(fields, "content-type");
  const bool type_fits = type != nullptr && grpc_content_type(*type);
  code = status == nullptr ? kGrpcInternal : code_of_http_status(*status);
  std::string why;
  if (status == nullptr) {
    why = "malformed header: missing HTTP status";
  } else if (*status != "200") {
    why = "unexpected HTTP status code received from server: " + *status + " (" +
          http_status_text(*status) + ")";
  }
  if (type_fits) return why;
  if (!why.empty()) why += "; ";
  return why + (type == nullptr ? "malformed header: missing HTTP content-type"
                                : "transport: received unexpected content-type " + go_quote(*type));
}

std::optional<std::uint64_t> grpc_health_status(std::string_view message) {
  std::uint64_t status = 0;
  const auto take_varint = [&]() -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (message.empty()) return {};
      const auto byte = static_cast<unsigned char>(message.front());
      message.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return {};
  };
  while (!message.empty()) {
    const auto key = take_varint();
    if (!key || *key >> 3 == 0) return {};
    std::uint64_t skipped = 0;
    switch (*key & 7) {
      case 0: {
        const auto value = take_varint();
        if (!value) return {};
        if (*key >> 3 == 1) status = *value;
        break;
      }
      case 1:
        skipped = 8;
        break;
      case 2: {
        const auto length = take_varint();
        if (!length) return {};
        skipped = *length;
        break;
      }
      case 5:
        skipped = 4;
        break;
      default:
        return {};
    }
    if (skipped > message.size()) return {};
    message.remove_prefix(skipped);
  }
  return status;
}

std::string grpc_health_request(std::string_view service) {
  std::string request;
  if (!service.empty()) {
    request += '\x0a';  // field 1, a string
    for (std::size_t rest = service.size(); true; rest /= 128) {
      request += static_cast<char>(rest < 128 ? rest : 128 + rest % 128);
      if (rest < 128) break;
    }
    request += service;
  }
  std::string message(1, '\0');  // not compressed
  for (int shift = 24; shift >= 0; shift -= 8)
    message += static_cast<char>(request.size() >> shift & 0xff);
  return message + request;
}

std::string grpc_error_text(int code, std::string_view message) {
  const auto index = static_cast<std::size_t>(code);
  std::string text = "rpc error: code = ";
  text += code >= 0 && index < kCodeNames.size() ? kCodeNames[index]
                                                 : "Code(" + std::to_string(code) + ")";
  return text.append(" desc = ").append(message);
}

}  // namespace podrun::pod
