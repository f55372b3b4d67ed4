// What the routes of the control API do. Each takes the context of one request and answers it.
#pragma once

#include "lab/serving/control.hpp"

namespace custdkim::lab {

http::Response show_health(const Control::Context& context);
http::Response list_misconfigurations(const Control::Context& context);
http::Response show_misconfiguration(const Control::Context& context);
http::Response list_customers(const Control::Context& context);
http::Response show_customer(const Control::Context& context);
http::Response set_customer(const Control::Context& context);
http::Response fix_customer(const Control::Context& context);
http::Response export_zone(const Control::Context& context);
http::Response remove_customer(const Control::Context& context);
http::Response list_queries(const Control::Context& context);
http::Response clear_queries(const Control::Context& context);
http::Response flush_cache(const Control::Context& context);
http::Response show_clock(const Control::Context& context);
http::Response advance_clock(const Control::Context& context);
http::Response show_root(const Control::Context& context);

}  // namespace custdkim::lab
