"""CloudWatch: log groups, metric filters, alarms and dashboards."""


from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, PutResourceType, pascal, pick
from fake_provider.structs import Props


class LogGroup(ResourceType):
    """Its id is its name."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    supported_inputs = "name retentionInDays"
    replacing_inputs = name_input = "name"
    unresettable_inputs = "retentionInDays"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("logs").create_log_group(logGroupName=inputs["name"])
        self.update(aws, inputs["name"], {}, inputs)
        return str(inputs["name"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        groups = aws("logs").describe_log_groups(logGroupNamePrefix=id)["logGroups"]
        group = next((group for group in groups if group["logGroupName"] == id), None)
        if group is None:
            return None
        # Like the real provider, remove AWS's ":*" from the end of the ARN.
        arn = group["arn"].removesuffix(":*")
        return {"arn": arn, "name": id, "retentionInDays": group.get("retentionInDays", 0)}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        if "retentionInDays" in new:
            aws("logs").put_retention_policy(logGroupName=id, retentionInDays=new["retentionInDays"])

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("logs").delete_log_group(logGroupName=id)


class LogMetricFilter(PutResourceType):
    """Its id is its name, which is unique in the log group."""

    TRANSFORMATION = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    supported_inputs = "logGroupName metricTransformation name pattern"
    replacing_inputs = "logGroupName name"
    name_input = "name"
    id_inputs = ("name",)

    def put(self, aws: Clients, inputs: Props) -> None:
        metric = inputs["metricTransformation"]
        aws("logs").put_metric_filter(
            logGroupName=inputs["logGroupName"],
            filterName=inputs["name"],
            filterPattern=inputs["pattern"],
            metricTransformations=[{theirs: metric[ours] for ours, theirs in self.TRANSFORMATION.items()}],
        )

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        group = inputs["logGroupName"]
        filters = aws("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=id)["metricFilters"]
        metric_filter = next((entry for entry in filters if entry["filterName"] == id), None)
        if metric_filter is None:
            return None
        metric = metric_filter["metricTransformations"][0]
        return {
            "logGroupName": group,
            "metricTransformation": {ours: metric[theirs] for ours, theirs in self.TRANSFORMATION.items()},
            "name": id,
            "pattern": metric_filter["filterPattern"],
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("logs").delete_metric_filter(logGroupName=inputs["logGroupName"], filterName=id)


class MetricAlarm(PutResourceType):
    """Its id is its name."""

    PLAIN = (
        "alarmActions", "alarmDescription", "comparisonOperator", "evaluationPeriods", "metricName", "namespace",
        "period", "statistic", "threshold", "treatMissingData",
    )  # fmt: skip

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    supported_inputs = " ".join([*PLAIN, "dimensions metricQueries name okActions"])
    replacing_inputs = name_input = "name"
    id_inputs = ("name",)

    def put(self, aws: Clients, inputs: Props) -> None:
        parameters = {pascal(name): value for name, value in pick(inputs, *self.PLAIN).items()}
        if "dimensions" in inputs:
            parameters["Dimensions"] = _pairs(inputs["dimensions"])
        if "okActions" in inputs:
            parameters["OKActions"] = inputs["okActions"]
        if "metricQueries" in inputs:
            parameters["Metrics"] = [_query(entry) for entry in inputs["metricQueries"]]
        aws("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **parameters)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        alarm = next(iter(aws("cloudwatch").describe_alarms(AlarmNames=[id])["MetricAlarms"]), None)
        if alarm is None:
            return None
        # MiniStack does not store an alarm's queries. Without them in the result, Pulumi sees no change.
        aws_values = {name: alarm[pascal(name)] for name in self.PLAIN if pascal(name) in alarm}
        dimensions = {entry["Name"]: entry["Value"] for entry in alarm.get("Dimensions", [])}
        other_values = {"arn": alarm["AlarmArn"], "name": id, "okActions": alarm.get("OKActions", [])}
        return {**aws_values, **other_values, "dimensions": dimensions}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("cloudwatch").delete_alarms(AlarmNames=[id])


class Dashboard(PutResourceType):
    """Its id is its name."""

    token = "aws:cloudwatch/dashboard:Dashboard"
    supported_inputs = "dashboardBody dashboardName"
    replacing_inputs = "dashboardName"
    id_inputs = ("dashboardName",)

    def put(self, aws: Clients, inputs: Props) -> None:
        client = aws("cloudwatch")
        client.put_dashboard(DashboardName=inputs["dashboardName"], DashboardBody=inputs["dashboardBody"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("cloudwatch").get_dashboard(DashboardName=id)
        arn, body = response["DashboardArn"], response["DashboardBody"]
        return {"dashboardArn": arn, "dashboardBody": body, "dashboardName": id}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("cloudwatch").delete_dashboards(DashboardNames=[id])


RESOURCE_TYPES = [LogGroup, LogMetricFilter, MetricAlarm, Dashboard]


def _pairs(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _query(query: Props) -> Props:
    converted = {pascal(name): query[name] for name in ("id", "expression", "label", "returnData") if name in query}
    if "metric" in query:
        metric = query["metric"]
        aws_metric = {pascal(name): metric[name] for name in ("metricName", "namespace")}
        aws_metric["Dimensions"] = _pairs(metric.get("dimensions") or {})
        converted["MetricStat"] = {"Metric": aws_metric, "Period": metric["period"], "Stat": metric["stat"]}
    return converted
