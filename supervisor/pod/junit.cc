#include "supervisor/pod/junit.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/utf8.h"

namespace podrun::pod {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::string attribute(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + xml_escape(value) + "\"";
}

std::string seconds(Nanoseconds duration) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::chrono::duration<double>(duration).count());
  return text.data();
}

std::string escaped_byte(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\t':  // in an attribute these would be read back as spaces
    case '\n':
    case '\r':
      return "&#" + std::to_string(static_cast<int>(c)) + ";";
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) return std::string(kReplacement);
  return {c};
}

std::string testcase(const JunitSuite& suite, const ExpectationResult& result) {
  std::string xml = "    <testcase" + attribute("classname", suite.name) +
                    attribute("name", result.text) + " time=\"0\"";
  if (result.holds()) return xml + "/>\n";
  std::string message;
  for (const ExpectationResult::Failure& failure : result.failures) {
    message += (message.empty() ? "" : "; ") + failure.subject + ": " + failure.what;
  }
  return xml + ">\n      <failure type=\"expectation\"" + attribute("message", message) + ">" +
         xml_escape(result.line()) + "</failure>\n    </testcase>\n";
}

}  // namespace

std::string xml_escape(std::string_view text) {
  std::string escaped;
  for (const char c : valid_utf8(text)) escaped += escaped_byte(c);
  // U+FFFE and U+FFFF are characters of Unicode but not of XML.
  for (const char* bad : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = 0; (at = escaped.find(bad, at)) != std::string::npos;) {
      escaped.replace(at, kReplacement.size(), kReplacement);
    }
  }
  return escaped;
}

std::string junit_xml(const JunitSuite& suite, const std::vector<ExpectationResult>& results) {
  const auto failed = std::count_if(results.begin(), results.end(),
                                    [](const ExpectationResult& r) { return !r.holds(); });
  const std::string counts = attribute("tests", std::to_string(results.size())) +
                             attribute("failures", std::to_string(failed)) +
                             " errors=\"0\" skipped=\"0\"" +
                             attribute("time", seconds(suite.duration));
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts + ">\n";
  xml += "  <testsuite" + attribute("name", suite.name) + counts;
  // The schema wants a time without a zone.
  const std::string started = rfc3339(suite.started);
  xml += attribute("timestamp", started.substr(0, started.size() - 1)) + ">\n";
  for (const ExpectationResult& result : results) xml += testcase(suite, result);
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace podrun::pod
