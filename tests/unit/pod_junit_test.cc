#include <gtest/gtest.h>

#include "supervisor/pod/junit.h"

namespace podrun::pod {
namespace {

TEST(Junit, OneTestcasePerExpectation) {
  ExpectationResult well;
  well.text = well.expectation = "restarts=0";
  ExpectationResult badly;
  badly.text = "kubia/memory.peak<=100Mi";
  badly.expectation = "memory.peak<=100Mi";
  badly.subject = "kubia";
  badly.failures = {{"kubia", "was 118Mi"}};
  JunitSuite suite;
  suite.name = "web & \"co\"";
  suite.started = WallTime(Seconds(1763892000));
  suite.duration = std::chrono::milliseconds(12345);
  EXPECT_EQ(junit_xml(suite, {well, badly}), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" skipped="0" time="12.345">
  <testsuite name="web &amp; &quot;co&quot;" tests="2" failures="1" errors="0" skipped="0" time="12.345" timestamp="2025-11-23T10:00:00">
    <testcase classname="web &amp; &quot;co&quot;" name="restarts=0" time="0"/>
    <testcase classname="web &amp; &quot;co&quot;" name="kubia/memory.peak&lt;=100Mi" time="0">
      <failure type="expectation" message="kubia: was 118Mi">FAILED kubia: memory.peak&lt;=100Mi: was 118Mi</failure>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(Junit, OfNothingIsStillADocument) {
  const std::string xml = junit_xml({}, {});
  EXPECT_NE(xml.find("tests=\"0\" failures=\"0\""), std::string::npos);
  EXPECT_NE(xml.find("</testsuites>"), std::string::npos);
}

TEST(Junit, EscapesWhatXmlCannotHold) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(xml_escape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
  EXPECT_EQ(xml_escape("\t\n\r"), "&#9;&#10;&#13;");
  EXPECT_EQ(xml_escape(std::string("\0\x01\x1f\x7f", 4)), bad + bad + bad + "\x7f");
  EXPECT_EQ(xml_escape("\xff\xef\xbf\xbe\xef\xbf\xbf"), bad + bad + bad);
  EXPECT_EQ(xml_escape("näher"), "näher");
  EXPECT_EQ(xml_escape("]]>"), "]]&gt;");
}

}  // namespace
}  // namespace podrun::pod
