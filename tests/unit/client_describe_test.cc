// Descriptions against what kubectl printed of the same objects; describe/record made the files.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "supervisor/client/describe.h"

namespace podrun::client {
namespace {

const std::string kFolder = DESCRIBE_CASES;
const WallTime kNow = parse_rfc3339("2026-01-02T12:00:00Z");

/// Comma-separated terms in a fixed order: their order is the client's affair.
std::string sorted_terms(const std::string& selector) {
  std::vector<std::string> terms;
  for (std::size_t begin = 0; begin < selector.size();) {
    const std::size_t end = std::min(selector.find(',', begin), selector.size());
    terms.push_back(selector.substr(begin, end - begin));
    begin = end + 1;
  }
  std::sort(terms.begin(), terms.end());
  std::string text;
  for (const std::string& term : terms) text += (text.empty() ? "" : "&") + term;
  return text;
}

std::string request_of(const Query& query) {
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
  return query.group_version + " " + or_dash(query.in_namespace) + " " + query.resource + " " +
         or_dash(query.name) + " labels=" + sorted_terms(query.label_selector) +
         " fields=" + sorted_terms(query.field_selector);
}

/// What the recording's server answered.
void answer(const Json& test_case, const Query& query, Related& related) {
  const Json errors = test_case.value("errors", Json::object());
  if (errors.contains(query.resource)) {
    related.put_error(query.relation, errors[query.resource][1].get<std::string>());
    return;
  }
  const Json found = test_case.value("related", Json::object()).value(query.resource, Json());
  if (found.is_null()) return;
  const std::string name = test_case["object"]["metadata"]["name"];
  const bool second =
      query.resource == "events" && query.field_selector.ends_with("involvedObject.uid=" + name);
  const Json items = second ? Json::array() : found;
  Json list = Json::object();
  list["items"] = items;
  related.put(query.relation, query.name.empty() ? list : found);
}

class Describe : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_P(Describe, AsKubectl) {
  const Json test_case = Json::parse(read_file(kFolder + "/" + GetParam() + ".json"));
  const Json& object = test_case["object"];
  Related related;
  std::vector<std::string> requests;
  for (const Query& query : queries_for(object)) {
    requests.push_back(request_of(query) + "\n");
    answer(test_case, query, related);
  }
  std::sort(requests.begin(), requests.end());
  std::string all;
  for (const std::string& request : requests) all += request;
  EXPECT_EQ(all, read_file(kFolder + "/" + GetParam() + ".requests"));
  EXPECT_EQ(describe(object, related, kNow), read_file(kFolder + "/" + GetParam() + ".txt"));
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Describe, testing::ValuesIn(cases()), test_name);

}  // namespace
}  // namespace podrun::client
